import { type Context } from '../core/context.ts'
import { type ControlOutput } from '../core/db/control-channel.ts'
import { openTown } from '../core/db/open-town.ts'
import { replayTown } from '../core/exchange/replay/replay-town.ts'

const USAGE = `npm run -s replay [-- --json]    makes the whole journal again from inputs and compares
`
const SAME = 0
const DIFFERENT = 1
const WRONG_USAGE = 2

/**
 * Makes the town's journal again from inputs alone, in an empty database in memory,
 * and says which months come out otherwise. The town is only read. Gives 0 when all is the same, 1 when
 * something differs, 2 for arguments it does not know.
 */
export async function runReplay(
  ctx: Context,
  argv: readonly string[],
  io: ControlOutput,
): Promise<number> {
  const [flag, ...more] = argv
  if (more.length > 0 || (flag !== undefined && flag !== '--json')) {
    io.err(USAGE)
    return WRONG_USAGE
  }
  const database = await openTown({ schema: 'again', memory: {}, log: ctx.log })
  try {
    const told = (done: number, all: number) => io.err(`${done} of ${all} operations\n`)
    const replayed = await replayTown(ctx, { ...ctx, sql: database.sql, schema: 'again' }, told)
    if (!replayed.ok) throw new Error(replayed.code)
    const { differences, entries, operations } = replayed.value
    if (flag) io.out(`${JSON.stringify(replayed.value)}\n`)
    else if (differences.length === 0)
      io.out(`${operations} operations give the same ${entries} entries and every statement\n`)
    else
      for (const { period, providerId } of differences)
        io.out(`month ${period} of provider ${providerId} comes out otherwise\n`)
    return differences.length === 0 ? SAME : DIFFERENT
  } finally {
    await database.close()
  }
}
