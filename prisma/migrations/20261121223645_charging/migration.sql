-- DropIndex
DROP INDEX "tariff_service_id_zone_from_day_key";

-- AlterTable
ALTER TABLE "account" ADD COLUMN     "closed_on" DATE,
ADD COLUMN     "opened_on" DATE;

-- AlterTable
ALTER TABLE "agreement" ADD COLUMN     "ended_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "billing_period" ADD COLUMN     "checked_at" TIMESTAMPTZ(3),
ADD COLUMN     "checked_by" TEXT,
ADD COLUMN     "closed_at" TIMESTAMPTZ(3),
ADD COLUMN     "issued_by" TEXT,
ADD COLUMN     "run_id" INTEGER;

-- AlterTable
ALTER TABLE "meter" ADD COLUMN     "removed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "provider" DROP COLUMN "mode",
ADD COLUMN     "charged_from" INTEGER;

-- AlterTable
ALTER TABLE "reading" ADD COLUMN     "ended_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "tariff" ADD COLUMN     "above_e8" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "part" TEXT NOT NULL DEFAULT 'volume',
ADD COLUMN     "plan" TEXT NOT NULL DEFAULT 'standard',
ADD COLUMN     "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "retired_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "run" (
    "id" SERIAL NOT NULL,
    "provider_id" INTEGER NOT NULL,
    "period" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,
    "author" TEXT NOT NULL,
    "suppose" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_rerating" (
    "run_id" INTEGER NOT NULL,
    "account_id" INTEGER NOT NULL,
    "from_period" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "run_rerating_pkey" PRIMARY KEY ("run_id","account_id")
);

-- CreateTable
CREATE TABLE "run_chunk" (
    "run_id" INTEGER NOT NULL,
    "no" INTEGER NOT NULL,
    "first_account" INTEGER NOT NULL,
    "last_account" INTEGER NOT NULL,
    "accounts" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "lines" INTEGER NOT NULL DEFAULT 0,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "run_chunk_pkey" PRIMARY KEY ("run_id","no")
);

-- CreateTable
CREATE TABLE "run_line" (
    "run_id" INTEGER NOT NULL,
    "agreement_id" INTEGER NOT NULL,
    "line" SMALLINT NOT NULL,
    "kind" SMALLINT NOT NULL,
    "method" SMALLINT NOT NULL,
    "amount" BIGINT NOT NULL,
    "volume_e8" BIGINT,
    "price_e8" BIGINT,
    "zone" SMALLINT NOT NULL DEFAULT 0,
    "full_price" BOOLEAN NOT NULL DEFAULT false,
    "posted" BOOLEAN NOT NULL DEFAULT true,
    "about_period" INTEGER,
    "reason" TEXT,
    "reverses_id" BIGINT,
    "formula" TEXT NOT NULL,

    CONSTRAINT "run_line_pkey" PRIMARY KEY ("run_id","agreement_id","line")
);

-- CreateTable
CREATE TABLE "run_lint" (
    "id" BIGSERIAL NOT NULL,
    "run_id" INTEGER NOT NULL,
    "chunk_no" INTEGER NOT NULL,
    "account_id" INTEGER NOT NULL,
    "agreement_id" INTEGER,
    "code" TEXT NOT NULL,
    "blocks" BOOLEAN NOT NULL,
    "details" JSONB NOT NULL,
    "since_period" INTEGER NOT NULL,

    CONSTRAINT "run_lint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "correction" (
    "id" BIGSERIAL NOT NULL,
    "agreement_id" INTEGER NOT NULL,
    "amount" BIGINT NOT NULL,
    "about_period" INTEGER,
    "reason" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "request_key" TEXT,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "correction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "debt_transfer" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "from_id" INTEGER NOT NULL,
    "to_id" INTEGER NOT NULL,
    "amount" BIGINT NOT NULL,
    "months" JSONB,
    "reason" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "request_key" TEXT,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "debt_transfer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "absence" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "left_on" DATE NOT NULL,
    "returned_on" DATE NOT NULL,
    "applied_on" DATE NOT NULL,
    "document" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "absence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quality_defect" (
    "id" SERIAL NOT NULL,
    "service_id" INTEGER NOT NULL,
    "house_id" INTEGER,
    "account_id" INTEGER,
    "defect" TEXT NOT NULL,
    "from_day" DATE NOT NULL,
    "to_day" DATE NOT NULL,
    "document" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "quality_defect_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "extra_charge" (
    "id" SERIAL NOT NULL,
    "agreement_id" INTEGER NOT NULL,
    "day" DATE NOT NULL,
    "name" TEXT NOT NULL,
    "quantity_e8" BIGINT NOT NULL,
    "price_e8" BIGINT NOT NULL,
    "author" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "extra_charge_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "beneficiary" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "category" TEXT NOT NULL,
    "persons" INTEGER NOT NULL,
    "from_day" DATE NOT NULL,
    "to_day" DATE,
    "document" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "beneficiary_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subsidy_case" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "number" TEXT NOT NULL,
    "principle" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "applied_on" DATE NOT NULL,
    "decide_by" DATE NOT NULL,
    "household_size" INTEGER NOT NULL,
    "is_village" BOOLEAN NOT NULL,
    "incomes" BIGINT[],
    "income" BIGINT NOT NULL,
    "from_day" DATE,
    "to_day" DATE,
    "decided_on" DATE,
    "decided_by" TEXT,
    "reason" TEXT NOT NULL DEFAULT '',
    "renews_id" INTEGER,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "subsidy_case_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subsidy_document" (
    "id" SERIAL NOT NULL,
    "case_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "received_on" DATE,

    CONSTRAINT "subsidy_document_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" SERIAL NOT NULL,
    "meter_id" INTEGER NOT NULL,
    "from_day" DATE,
    "until_day" DATE NOT NULL,
    "document" TEXT NOT NULL DEFAULT '',
    "author" TEXT NOT NULL DEFAULT '',
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "meter_event" (
    "id" SERIAL NOT NULL,
    "meter_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "document" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "details" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "meter_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "imported_volume" (
    "id" SERIAL NOT NULL,
    "agreement_id" INTEGER NOT NULL,
    "period" INTEGER NOT NULL,
    "volume_e8" BIGINT NOT NULL,
    "source" TEXT NOT NULL,
    "batch_id" INTEGER,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "imported_volume_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "house_volume" (
    "id" SERIAL NOT NULL,
    "house_id" INTEGER NOT NULL,
    "service_id" INTEGER NOT NULL,
    "period" INTEGER NOT NULL,
    "volume_e8" BIGINT NOT NULL,
    "area_e8" BIGINT NOT NULL,
    "source" TEXT NOT NULL,
    "batch_id" INTEGER,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "house_volume_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "household" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "from_day" DATE NOT NULL,
    "occupants" INTEGER NOT NULL,
    "total_area_e8" BIGINT,
    "heated_area_e8" BIGINT,
    "load_e8" BIGINT,
    "plan" TEXT NOT NULL DEFAULT 'standard',
    "source" TEXT NOT NULL DEFAULT '',
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "household_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "occupant" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "from_day" DATE NOT NULL,
    "to_day" DATE,
    "source" TEXT NOT NULL DEFAULT '',
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "occupant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account_event" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "reason" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "details" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_role" (
    "id" SERIAL NOT NULL,
    "provider_id" INTEGER NOT NULL,
    "role" TEXT NOT NULL,
    "from_day" DATE NOT NULL,
    "notice_on" DATE,
    "to_day" DATE,
    "document" TEXT NOT NULL,
    "author" TEXT NOT NULL,

    CONSTRAINT "provider_role_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "service_party" (
    "id" SERIAL NOT NULL,
    "service_id" INTEGER NOT NULL,
    "biller_id" INTEGER NOT NULL,
    "payee_id" INTEGER NOT NULL,
    "from_day" DATE NOT NULL,
    "to_day" DATE,
    "author" TEXT NOT NULL,

    CONSTRAINT "service_party_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rule" (
    "id" SERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL DEFAULT '',
    "provider_id" INTEGER,
    "service_id" INTEGER,
    "house_id" INTEGER,
    "account_id" INTEGER,
    "from_day" DATE NOT NULL,
    "to_day" DATE,
    "value" JSONB NOT NULL,
    "source" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "calendar_day" (
    "day" DATE NOT NULL,
    "is_off" BOOLEAN NOT NULL,
    "source" TEXT NOT NULL,
    "batch_id" INTEGER,

    CONSTRAINT "calendar_day_pkey" PRIMARY KEY ("day")
);

-- CreateIndex
CREATE INDEX "run_provider_id_period_idx" ON "run"("provider_id", "period");

-- CreateIndex
CREATE INDEX "run_lint_run_id_account_id_idx" ON "run_lint"("run_id", "account_id");

-- CreateIndex
CREATE UNIQUE INDEX "correction_request_key_key" ON "correction"("request_key");

-- CreateIndex
CREATE INDEX "correction_agreement_id_idx" ON "correction"("agreement_id");

-- CreateIndex
CREATE UNIQUE INDEX "debt_transfer_request_key_key" ON "debt_transfer"("request_key");

-- CreateIndex
CREATE INDEX "debt_transfer_from_id_idx" ON "debt_transfer"("from_id");

-- CreateIndex
CREATE INDEX "debt_transfer_to_id_idx" ON "debt_transfer"("to_id");

-- CreateIndex
CREATE INDEX "absence_account_id_idx" ON "absence"("account_id");

-- CreateIndex
CREATE INDEX "quality_defect_service_id_idx" ON "quality_defect"("service_id");

-- CreateIndex
CREATE INDEX "extra_charge_agreement_id_day_idx" ON "extra_charge"("agreement_id", "day");

-- CreateIndex
CREATE INDEX "beneficiary_account_id_idx" ON "beneficiary"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "subsidy_case_number_key" ON "subsidy_case"("number");

-- CreateIndex
CREATE INDEX "subsidy_case_account_id_idx" ON "subsidy_case"("account_id");

-- CreateIndex
CREATE INDEX "subsidy_case_state_idx" ON "subsidy_case"("state");

-- CreateIndex
CREATE INDEX "subsidy_document_case_id_idx" ON "subsidy_document"("case_id");

-- CreateIndex
CREATE INDEX "verification_meter_id_idx" ON "verification"("meter_id");

-- CreateIndex
CREATE INDEX "meter_event_meter_id_at_idx" ON "meter_event"("meter_id", "at");

-- CreateIndex
CREATE INDEX "imported_volume_agreement_id_period_idx" ON "imported_volume"("agreement_id", "period");

-- CreateIndex
CREATE INDEX "house_volume_house_id_service_id_period_idx" ON "house_volume"("house_id", "service_id", "period");

-- CreateIndex
CREATE INDEX "household_account_id_from_day_idx" ON "household"("account_id", "from_day");

-- CreateIndex
CREATE INDEX "occupant_account_id_idx" ON "occupant"("account_id");

-- CreateIndex
CREATE INDEX "account_event_account_id_at_idx" ON "account_event"("account_id", "at");

-- CreateIndex
CREATE INDEX "provider_role_provider_id_idx" ON "provider_role"("provider_id");

-- CreateIndex
CREATE INDEX "service_party_service_id_idx" ON "service_party"("service_id");

-- CreateIndex
CREATE INDEX "rule_kind_key_idx" ON "rule"("kind", "key");

-- CreateIndex
CREATE INDEX "rule_account_id_idx" ON "rule"("account_id");

-- CreateIndex
CREATE INDEX "tariff_service_id_zone_from_day_idx" ON "tariff"("service_id", "zone", "from_day");

-- AddForeignKey
ALTER TABLE "run_chunk" ADD CONSTRAINT "run_chunk_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subsidy_document" ADD CONSTRAINT "subsidy_document_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "subsidy_case"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "verification" ADD CONSTRAINT "verification_meter_id_fkey" FOREIGN KEY ("meter_id") REFERENCES "meter"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "meter_event" ADD CONSTRAINT "meter_event_meter_id_fkey" FOREIGN KEY ("meter_id") REFERENCES "meter"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "household" ADD CONSTRAINT "household_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_event" ADD CONSTRAINT "account_event_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_role" ADD CONSTRAINT "provider_role_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "provider"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- CreateIndex
CREATE INDEX "reading_recorded_at_idx" ON "reading"("recorded_at");

-- Written by hand: what is known already moves to where it is dated.
INSERT INTO "household" (account_id, from_day, occupants, total_area_e8, heated_area_e8)
  SELECT id, '1900-01-01', occupants, total_area_e8, heated_area_e8 FROM "account";
ALTER TABLE "account" DROP COLUMN "heated_area_e8",
DROP COLUMN "occupants",
DROP COLUMN "total_area_e8";
INSERT INTO "verification" (meter_id, from_day, until_day, recorded_at)
  SELECT id, verified_on, verified_until, CURRENT_TIMESTAMP FROM "meter" WHERE verified_until IS NOT NULL;

-- The month of a day as the town writes it: 202610.
CREATE FUNCTION "yyyymm"(day date) RETURNS int LANGUAGE sql IMMUTABLE AS $$
  SELECT (extract(year FROM day) * 100 + extract(month FROM day))::int
$$;

-- Whether a fact became known, or ceased to be in force, within (since, until].
CREATE FUNCTION "came_between"(recorded timestamptz, ended timestamptz, since timestamptz, until timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT (recorded > since AND recorded <= until) OR coalesce(ended > since AND ended <= until, false)
$$;

-- Of versions in force there is one for a day it starts on.
CREATE UNIQUE INDEX "tariff_version" ON "tariff" (service_id, zone, part, plan, above_e8, from_day)
  WHERE retired_at IS NULL;
CREATE UNIQUE INDEX "rule_version" ON "rule" (kind, key, coalesce(provider_id, 0), coalesce(service_id, 0),
  coalesce(house_id, 0), coalesce(account_id, 0), from_day) WHERE retired_at IS NULL;
CREATE UNIQUE INDEX "household_version" ON "household" (account_id, from_day) WHERE retired_at IS NULL;
CREATE UNIQUE INDEX "imported_volume_known_once" ON "imported_volume" (agreement_id, period)
  WHERE retired_at IS NULL;
CREATE UNIQUE INDEX "house_volume_known_once" ON "house_volume" (house_id, service_id, period)
  WHERE retired_at IS NULL;

-- A month is posted by one run, and computed by one at a time.
CREATE UNIQUE INDEX "run_posted_once" ON "run" (provider_id, period) WHERE state = 'posted';
CREATE UNIQUE INDEX "run_at_work" ON "run" (provider_id, period)
  WHERE kind = 'month' AND state IN ('computing', 'computed');
CREATE INDEX "run_chunk_waiting" ON "run_chunk" (run_id, no) WHERE state = 'waiting';
CREATE INDEX "run_line_about" ON "run_line" (agreement_id, about_period) WHERE about_period IS NOT NULL;

-- What was posted is never edited; a dropped draft may go.
CREATE FUNCTION "refuse_posted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM run WHERE id = OLD.run_id AND state = 'posted') THEN
    RAISE EXCEPTION 'a posted run is not changed: the next month corrects it';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER "run_line_stays" BEFORE UPDATE OR DELETE ON "run_line"
  FOR EACH ROW EXECUTE FUNCTION "refuse_posted"();
ALTER TABLE "correction" ADD CONSTRAINT "correction_moves" CHECK (amount <> 0);
ALTER TABLE "debt_transfer" ADD CONSTRAINT "debt_transfer_moves" CHECK (amount > 0 AND from_id <> to_id);
CREATE TRIGGER "correction_is_append_only" BEFORE UPDATE OR DELETE ON "correction"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "debt_transfer_is_append_only" BEFORE UPDATE OR DELETE ON "debt_transfer"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
