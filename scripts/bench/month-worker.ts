import { openTown } from '../../core/db/open-town.ts'
import { openLog } from '../../log.ts'
import { benchContext, doStep, type StepRequest } from './month-steps.ts'

// A process that charges as it is told: its memory is what charging takes, and two of them share a run.

const [databaseUrl = '', schema = ''] = process.argv.slice(2)
const database = await openTown({ schema, databaseUrl, log: openLog('error') })
const ctx = benchContext(database)
process.on('message', (request: StepRequest) => {
  void doStep(ctx, request).then((done) => process.send?.(done))
})
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true })
