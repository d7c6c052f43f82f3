-- CreateTable
CREATE TABLE "consumer" (
    "id" SERIAL NOT NULL,
    "language" TEXT NOT NULL DEFAULT 'uk',
    "zone" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "consumer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identity" (
    "id" SERIAL NOT NULL,
    "consumer_id" INTEGER NOT NULL,
    "channel" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "reachable" BOOLEAN NOT NULL DEFAULT true,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "identity_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "link" (
    "id" SERIAL NOT NULL,
    "consumer_id" INTEGER NOT NULL,
    "account_id" INTEGER NOT NULL,
    "role" TEXT NOT NULL,
    "proof" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,

    CONSTRAINT "link_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "link_attempt" (
    "id" BIGSERIAL NOT NULL,
    "identity_id" INTEGER NOT NULL,
    "number_key" TEXT NOT NULL,
    "proof" TEXT NOT NULL,
    "succeeded" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "link_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "link_request" (
    "id" SERIAL NOT NULL,
    "consumer_id" INTEGER NOT NULL,
    "number" TEXT NOT NULL,
    "number_key" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,
    "account_id" INTEGER,

    CONSTRAINT "link_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "used_bill_code" (
    "account_id" INTEGER NOT NULL,
    "period" INTEGER NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "used_bill_code_pkey" PRIMARY KEY ("account_id","period")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_batch" (
    "id" SERIAL NOT NULL,
    "provider_id" INTEGER,
    "kind" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "content_hash" BYTEA NOT NULL,
    "format" JSONB NOT NULL,
    "report" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "applied_at" TIMESTAMPTZ(3) NOT NULL,
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "import_batch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "billing_period" (
    "provider_id" INTEGER NOT NULL,
    "period" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "issued_at" TIMESTAMPTZ(3),

    CONSTRAINT "billing_period_pkey" PRIMARY KEY ("provider_id","period")
);

-- CreateTable
CREATE TABLE "journal" (
    "provider_id" INTEGER NOT NULL,
    "last_posting_id" BIGINT,
    "last_hash" BYTEA NOT NULL,
    "watermark" TIMESTAMPTZ(3) NOT NULL,
    "known_until" DATE,

    CONSTRAINT "journal_pkey" PRIMARY KEY ("provider_id")
);

-- CreateTable
CREATE TABLE "posting" (
    "id" BIGSERIAL NOT NULL,
    "provider_id" INTEGER NOT NULL,
    "booked_at" TIMESTAMPTZ(3) NOT NULL,
    "author" TEXT NOT NULL,
    "entry_count" INTEGER NOT NULL,
    "previous_hash" BYTEA NOT NULL,
    "manifest" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "posting_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "entry" (
    "id" BIGSERIAL NOT NULL,
    "posting_id" BIGINT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "kind" SMALLINT NOT NULL,
    "from_id" INTEGER NOT NULL,
    "to_id" INTEGER NOT NULL,
    "amount" BIGINT NOT NULL,
    "effective_on" DATE NOT NULL,
    "period" INTEGER NOT NULL,
    "booked_at" TIMESTAMPTZ(3) NOT NULL,
    "source_kind" SMALLINT NOT NULL,
    "source_id" BIGINT NOT NULL,
    "line" SMALLINT NOT NULL,
    "about_period" INTEGER,
    "reverses_id" BIGINT,
    "reason" TEXT,

    CONSTRAINT "entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "statement" (
    "agreement_id" INTEGER NOT NULL,
    "period" INTEGER NOT NULL,
    "opening" BIGINT NOT NULL,
    "accrued" BIGINT NOT NULL,
    "subscription" BIGINT NOT NULL,
    "penalty" BIGINT NOT NULL,
    "correction" BIGINT NOT NULL,
    "benefit" BIGINT NOT NULL,
    "subsidy" BIGINT NOT NULL,
    "paid" BIGINT NOT NULL,
    "closing" BIGINT NOT NULL,

    CONSTRAINT "statement_pkey" PRIMARY KEY ("agreement_id","period")
);

-- CreateTable
CREATE TABLE "charge" (
    "id" BIGSERIAL NOT NULL,
    "agreement_id" INTEGER NOT NULL,
    "period" INTEGER NOT NULL,
    "method" TEXT NOT NULL,
    "price1_e8" BIGINT NOT NULL,
    "volume1_e8" BIGINT NOT NULL,
    "price2_e8" BIGINT NOT NULL,
    "volume2_e8" BIGINT NOT NULL,
    "accrued" BIGINT NOT NULL,
    "subscription" BIGINT NOT NULL,
    "penalty" BIGINT NOT NULL,
    "correction" BIGINT NOT NULL,
    "benefit" BIGINT NOT NULL,
    "subsidy" BIGINT NOT NULL,
    "asserted_opening" BIGINT NOT NULL,
    "asserted_paid" BIGINT NOT NULL,
    "asserted_closing" BIGINT NOT NULL,
    "batch_id" INTEGER NOT NULL,
    "reversed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "charge_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "id" BIGSERIAL NOT NULL,
    "channel" TEXT NOT NULL,
    "update_id" TEXT NOT NULL,
    "chat" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "error" TEXT,
    "handled_at" TIMESTAMPTZ(3),

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "channel" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "lane" SMALLINT NOT NULL,
    "language" TEXT NOT NULL,
    "message" JSONB NOT NULL,
    "dedupe_key" TEXT,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "message_id" TEXT,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dialog" (
    "identity_id" INTEGER NOT NULL,
    "state" JSONB NOT NULL,
    "choices" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dialog_pkey" PRIMARY KEY ("identity_id")
);

-- CreateTable
CREATE TABLE "file_link" (
    "token" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "file_link_pkey" PRIMARY KEY ("token")
);

-- CreateTable
CREATE TABLE "meter" (
    "id" SERIAL NOT NULL,
    "agreement_id" INTEGER NOT NULL,
    "serial" TEXT NOT NULL,
    "serial_key" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "place" TEXT NOT NULL,
    "digits" SMALLINT NOT NULL,
    "verified_on" DATE,
    "verified_until" DATE,
    "installed_on" DATE,
    "removed_on" DATE,
    "seal" TEXT,

    CONSTRAINT "meter_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "register" (
    "id" SERIAL NOT NULL,
    "meter_id" INTEGER NOT NULL,
    "zone" SMALLINT NOT NULL,
    "initial_e8" BIGINT NOT NULL,

    CONSTRAINT "register_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reading" (
    "id" BIGSERIAL NOT NULL,
    "register_id" INTEGER NOT NULL,
    "taken_on" DATE NOT NULL,
    "value_e8" BIGINT NOT NULL,
    "period" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reject_reason" TEXT,
    "needs_review" BOOLEAN NOT NULL DEFAULT false,
    "registration_no" BIGINT,
    "consumer_id" INTEGER,
    "batch_id" INTEGER,
    "rolled_over" BOOLEAN NOT NULL DEFAULT false,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reading_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notice" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "consumer_id" INTEGER NOT NULL,
    "account_id" INTEGER,
    "params" JSONB NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notice_preference" (
    "consumer_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,

    CONSTRAINT "notice_preference_pkey" PRIMARY KEY ("consumer_id","kind")
);

-- CreateTable
CREATE TABLE "payment" (
    "id" BIGSERIAL NOT NULL,
    "agreement_id" INTEGER NOT NULL,
    "paid_on" DATE NOT NULL,
    "amount" BIGINT NOT NULL,
    "commission" BIGINT NOT NULL DEFAULT 0,
    "method" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "designated_period" INTEGER,
    "reverses_id" BIGINT,
    "batch_id" INTEGER,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "reversed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "payment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subsidy_award" (
    "id" SERIAL NOT NULL,
    "agreement_id" INTEGER NOT NULL,
    "case_number" TEXT NOT NULL,
    "from_day" DATE NOT NULL,
    "to_day" DATE NOT NULL,
    "subsidy" BIGINT NOT NULL,
    "obligatory" BIGINT NOT NULL,
    "batch_id" INTEGER NOT NULL,

    CONSTRAINT "subsidy_award_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "benefit_claim" (
    "id" SERIAL NOT NULL,
    "agreement_id" INTEGER NOT NULL,
    "period" INTEGER NOT NULL,
    "category" TEXT NOT NULL,
    "percent" INTEGER NOT NULL,
    "persons" INTEGER NOT NULL,
    "volume_e8" BIGINT NOT NULL,
    "price_e8" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,
    "batch_id" INTEGER NOT NULL,

    CONSTRAINT "benefit_claim_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider" (
    "id" SERIAL NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "iban" TEXT NOT NULL,
    "bank_name" TEXT NOT NULL,
    "bank_code" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "phone" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "mode" TEXT NOT NULL DEFAULT 'imported',

    CONSTRAINT "provider_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "service" (
    "id" SERIAL NOT NULL,
    "provider_id" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "subsidy_position" INTEGER,
    "benefit_code" TEXT,
    "purpose" TEXT NOT NULL,

    CONSTRAINT "service_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "house" (
    "id" SERIAL NOT NULL,
    "street_type" TEXT NOT NULL,
    "street" TEXT NOT NULL,
    "number" TEXT NOT NULL,

    CONSTRAINT "house_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "premise" (
    "id" SERIAL NOT NULL,
    "house_id" INTEGER NOT NULL,
    "flat" TEXT NOT NULL,

    CONSTRAINT "premise_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" SERIAL NOT NULL,
    "provider_id" INTEGER NOT NULL,
    "number" TEXT NOT NULL,
    "number_key" TEXT NOT NULL,
    "premise_id" INTEGER NOT NULL,
    "holder_name" TEXT NOT NULL,
    "phone" TEXT,
    "email" TEXT,
    "total_area_e8" BIGINT,
    "heated_area_e8" BIGINT,
    "occupants" INTEGER NOT NULL,
    "benefit_percent" INTEGER,
    "eic" TEXT,
    "contract_date" DATE,
    "asserted_balance" BIGINT,
    "asserted_on" DATE,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agreement" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "service_id" INTEGER NOT NULL,
    "from_day" DATE,
    "to_day" DATE,

    CONSTRAINT "agreement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "town" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "zone" TEXT NOT NULL,
    "bill_code_secret" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "town_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tariff" (
    "id" SERIAL NOT NULL,
    "service_id" INTEGER NOT NULL,
    "zone" SMALLINT NOT NULL DEFAULT 0,
    "from_day" DATE NOT NULL,
    "to_day" DATE,
    "price_e8" BIGINT NOT NULL,
    "subscription" BIGINT NOT NULL DEFAULT 0,
    "norm_e8" BIGINT,
    "source" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "tariff_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "identity_consumer_id_idx" ON "identity"("consumer_id");

-- CreateIndex
CREATE UNIQUE INDEX "identity_channel_external_id_key" ON "identity"("channel", "external_id");

-- CreateIndex
CREATE INDEX "link_consumer_id_idx" ON "link"("consumer_id");

-- CreateIndex
CREATE INDEX "link_account_id_idx" ON "link"("account_id");

-- CreateIndex
CREATE INDEX "link_attempt_identity_id_at_idx" ON "link_attempt"("identity_id", "at");

-- CreateIndex
CREATE INDEX "link_attempt_number_key_at_idx" ON "link_attempt"("number_key", "at");

-- CreateIndex
CREATE INDEX "link_request_state_idx" ON "link_request"("state");

-- CreateIndex
CREATE INDEX "link_request_consumer_id_idx" ON "link_request"("consumer_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_name_key" ON "api_key"("name");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE INDEX "import_batch_kind_content_hash_idx" ON "import_batch"("kind", "content_hash");

-- CreateIndex
CREATE INDEX "posting_provider_id_id_idx" ON "posting"("provider_id", "id");

-- CreateIndex
CREATE INDEX "entry_from_id_period_idx" ON "entry"("from_id", "period");

-- CreateIndex
CREATE INDEX "entry_to_id_period_idx" ON "entry"("to_id", "period");

-- CreateIndex
CREATE UNIQUE INDEX "entry_posting_id_ordinal_key" ON "entry"("posting_id", "ordinal");

-- CreateIndex
CREATE UNIQUE INDEX "entry_source_kind_source_id_line_period_key" ON "entry"("source_kind", "source_id", "line", "period");

-- CreateIndex
CREATE INDEX "charge_agreement_id_period_idx" ON "charge"("agreement_id", "period");

-- CreateIndex
CREATE INDEX "charge_batch_id_idx" ON "charge"("batch_id");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_channel_update_id_key" ON "inbox"("channel", "update_id");

-- CreateIndex
CREATE INDEX "outbox_channel_message_id_idx" ON "outbox"("channel", "message_id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_dedupe_key_key" ON "outbox"("dedupe_key");

-- CreateIndex
CREATE INDEX "file_link_expires_at_idx" ON "file_link"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "meter_agreement_id_serial_key_key" ON "meter"("agreement_id", "serial_key");

-- CreateIndex
CREATE UNIQUE INDEX "register_meter_id_zone_key" ON "register"("meter_id", "zone");

-- CreateIndex
CREATE INDEX "reading_register_id_taken_on_idx" ON "reading"("register_id", "taken_on");

-- CreateIndex
CREATE INDEX "reading_registration_no_idx" ON "reading"("registration_no");

-- CreateIndex
CREATE INDEX "reading_batch_id_idx" ON "reading"("batch_id");

-- CreateIndex
CREATE UNIQUE INDEX "notice_dedupe_key_key" ON "notice"("dedupe_key");

-- CreateIndex
CREATE INDEX "notice_consumer_id_idx" ON "notice"("consumer_id");

-- CreateIndex
CREATE INDEX "payment_agreement_id_paid_on_idx" ON "payment"("agreement_id", "paid_on");

-- CreateIndex
CREATE INDEX "payment_batch_id_idx" ON "payment"("batch_id");

-- CreateIndex
CREATE UNIQUE INDEX "subsidy_award_agreement_id_case_number_from_day_key" ON "subsidy_award"("agreement_id", "case_number", "from_day");

-- CreateIndex
CREATE UNIQUE INDEX "benefit_claim_agreement_id_period_category_key" ON "benefit_claim"("agreement_id", "period", "category");

-- CreateIndex
CREATE UNIQUE INDEX "provider_code_key" ON "provider"("code");

-- CreateIndex
CREATE UNIQUE INDEX "service_provider_id_code_key" ON "service"("provider_id", "code");

-- CreateIndex
CREATE UNIQUE INDEX "house_street_type_street_number_key" ON "house"("street_type", "street", "number");

-- CreateIndex
CREATE UNIQUE INDEX "premise_house_id_flat_key" ON "premise"("house_id", "flat");

-- CreateIndex
CREATE INDEX "account_number_key_idx" ON "account"("number_key");

-- CreateIndex
CREATE INDEX "account_premise_id_idx" ON "account"("premise_id");

-- CreateIndex
CREATE UNIQUE INDEX "account_provider_id_number_key_key" ON "account"("provider_id", "number_key");

-- CreateIndex
CREATE INDEX "agreement_service_id_idx" ON "agreement"("service_id");

-- CreateIndex
CREATE UNIQUE INDEX "agreement_account_id_service_id_key" ON "agreement"("account_id", "service_id");

-- CreateIndex
CREATE UNIQUE INDEX "tariff_service_id_zone_from_day_key" ON "tariff"("service_id", "zone", "from_day");

-- AddForeignKey
ALTER TABLE "identity" ADD CONSTRAINT "identity_consumer_id_fkey" FOREIGN KEY ("consumer_id") REFERENCES "consumer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "link" ADD CONSTRAINT "link_consumer_id_fkey" FOREIGN KEY ("consumer_id") REFERENCES "consumer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "link" ADD CONSTRAINT "link_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dialog" ADD CONSTRAINT "dialog_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identity"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "meter" ADD CONSTRAINT "meter_agreement_id_fkey" FOREIGN KEY ("agreement_id") REFERENCES "agreement"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "register" ADD CONSTRAINT "register_meter_id_fkey" FOREIGN KEY ("meter_id") REFERENCES "meter"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reading" ADD CONSTRAINT "reading_register_id_fkey" FOREIGN KEY ("register_id") REFERENCES "register"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notice_preference" ADD CONSTRAINT "notice_preference_consumer_id_fkey" FOREIGN KEY ("consumer_id") REFERENCES "consumer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "service" ADD CONSTRAINT "service_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "provider"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "premise" ADD CONSTRAINT "premise_house_id_fkey" FOREIGN KEY ("house_id") REFERENCES "house"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "provider"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_premise_id_fkey" FOREIGN KEY ("premise_id") REFERENCES "premise"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agreement" ADD CONSTRAINT "agreement_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agreement" ADD CONSTRAINT "agreement_service_id_fkey" FOREIGN KEY ("service_id") REFERENCES "service"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tariff" ADD CONSTRAINT "tariff_service_id_fkey" FOREIGN KEY ("service_id") REFERENCES "service"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Written by hand: what the schema language cannot say.

CREATE SEQUENCE "registration_no" START 1001;

-- The journal: amounts above zero that move somewhere, and rows that are never changed.
ALTER TABLE "entry" ADD CONSTRAINT "entry_amount_positive" CHECK (amount > 0);
ALTER TABLE "entry" ADD CONSTRAINT "entry_moves" CHECK (from_id <> to_id);
ALTER TABLE "statement" ADD CONSTRAINT "statement_closes" CHECK
  (closing = opening + accrued + subscription + penalty + correction - benefit - subsidy - paid);

CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: book a reversal instead', TG_TABLE_NAME;
END $$;
CREATE TRIGGER "entry_is_append_only" BEFORE UPDATE OR DELETE ON "entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "entry_is_not_emptied" BEFORE TRUNCATE ON "entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "posting_is_not_emptied" BEFORE TRUNCATE ON "posting"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "posting_is_append_only" BEFORE UPDATE OR DELETE ON "posting"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- An entry is taken back at most once.
CREATE UNIQUE INDEX "entry_reversed_once" ON "entry" ("reverses_id") WHERE reverses_id IS NOT NULL;

-- One running link of a consumer to an account.
CREATE UNIQUE INDEX "link_running" ON "link" ("consumer_id", "account_id") WHERE ended_at IS NULL;

-- Facts of undone batches stay and may come again.
CREATE UNIQUE INDEX "payment_known_once" ON "payment" ("source", "external_id") WHERE NOT reversed;
CREATE UNIQUE INDEX "charge_known_once" ON "charge" ("agreement_id", "period") WHERE NOT reversed;
CREATE UNIQUE INDEX "import_batch_applied_once" ON "import_batch" ("kind", "content_hash", coalesce("provider_id", 0)) WHERE state = 'applied';

-- Queues: only what waits is indexed.
CREATE INDEX "inbox_waiting" ON "inbox" ("channel", "chat", "id") WHERE state = 'waiting';
CREATE INDEX "outbox_waiting" ON "outbox" ("lane", "not_before", "id") WHERE state = 'waiting';
CREATE INDEX "inbox_handled" ON "inbox" ("handled_at") WHERE state <> 'waiting';
