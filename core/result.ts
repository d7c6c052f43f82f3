/** What a use case answers: a value, or a refusal a person must be told about. */
export type Accepted<T> = { ok: true; value: T }
export type Refused<C extends string, D = unknown> = { ok: false; code: C } & D
export type Result<T, C extends string> = Accepted<T> | Refused<C>

/** The use case did it; `value` is what it gives back. */
export function accept<T>(value: T): Accepted<T> {
  return { ok: true, value }
}

/**
 * The answer is no. `code` is permanent kebab-case: a locale key (`refusal.<code>`) and an API body.
 * Inside a transaction refuse before the first write: a returned refusal commits.
 */
export function refuse<const C extends string>(code: C): Refused<C>
export function refuse<const C extends string, D extends object>(code: C, details: D): Refused<C, D>
export function refuse(code: string, details: object = {}) {
  return { ok: false, code, ...details }
}
