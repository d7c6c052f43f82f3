import { type Flow, type FlowState } from '../dialog/flow.ts'
import { balance } from './balance.ts'
import { bill } from './bill.ts'
import { charge } from './charge.ts'
import { data } from './data.ts'
import { help } from './help.ts'
import { type Intents } from './intents.ts'
import { link } from './link.ts'
import { openMenu } from './menu.ts'
import { reading } from './reading.ts'
import { settings } from './settings.ts'
import { start } from './start.ts'

/** Every conversation by the name kept in its state. */
export function openFlows(intents: Intents): Record<string, Flow<FlowState>> {
  const flows = {
    start,
    menu: openMenu(intents),
    help,
    link,
    balance,
    charge,
    data,
    reading,
    bill,
    settings,
  }
  // A flow is only ever given states of its own name, so widening their type is safe.
  return flows as unknown as Record<string, Flow<FlowState>>
}
