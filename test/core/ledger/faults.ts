import { type Context } from '../../../core/context.ts'
import { type Fault } from '../../../core/ledger/fault.ts'
import { verify } from '../../../core/ledger/verify.ts'

/** All that `verify` finds wrong. */
export async function faultsOf(ctx: Context): Promise<Fault[]> {
  const faults: Fault[] = []
  for await (const fault of verify(ctx)) faults.push(fault)
  return faults
}
