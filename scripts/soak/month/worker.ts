import { period } from '../../../core/period.ts'
import { doStep, look } from './month-steps.ts'
import { withTown } from './place.ts'
import { type WorkerOrder } from './worker-process.ts'

// Does one step of a month, and says on standard output what it sees and does: `saw {…}` before it
// begins, `chunk` after each, `done`.
const [order = ''] = process.argv.slice(2)
const { address, month, now, step } = JSON.parse(order) as WorkerOrder
const say = (text: string) => process.stdout.write(`${text}\n`)

await withTown(address, now, async (ctx) => {
  const { accrued, entries, issued } = await look(ctx, period(month))
  say(`saw ${JSON.stringify({ issued, entries, accrued: String(accrued) })}`)
  await doStep(ctx, { month: period(month), step }, () => say('chunk'))
})
say('done')
