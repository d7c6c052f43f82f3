import { type Judgement } from '../../core/metering/judge-reading.ts'
import { type FlowState } from '../dialog/flow.ts'

type Enter = { flow: 'reading'; step: 'enter'; numberKey?: string; typed?: string }
export type ChooseMeter = {
  flow: 'reading'
  step: 'meter'
  numberKey?: string
  typed?: string
  page: number
}
/** Values typed so far, zone by zone, in 10⁻⁸ units as text. */
export type EnterValue = { flow: 'reading'; step: 'value'; meterId: number; values: string[] }
export type Confirm = { flow: 'reading'; step: 'confirm'; meterId: number; typed: Typed[] }
/** Steps of sending a reading. */
export type ReadingState = FlowState & (Enter | ChooseMeter | EnterValue | Confirm)

/** A dial's value as typed and judged, 10⁻⁸ units as text. */
export type Typed = {
  registerId: number
  zone: number
  previous: string
  value: string
  /** What would be charged; null when the value is below the previous one. */
  volume: string | null
  verdict: Exclude<Judgement['verdict'], 'too-many-digits'>
}
