import { z } from 'zod'
import { type Activity, type Reach } from '../core/access/api-keys.ts'
import { type Town } from '../core/context.ts'
import { type Refused } from '../core/result.ts'

/** Who calls: a program by its key. */
export type Caller = {
  /** What is written beside everything it does. */
  author: string
  /** Where the key lets this activity reach. */
  reach: Reach
}

/** A request that was let in and parsed. */
type Call<P, Q, B> = {
  town: Town
  caller: Caller
  params: P
  query: Q
  body: B
  /** The raw body of an endpoint that takes a file. */
  file: Buffer
}

/** A request as it came, before anything is believed. */
export type RawCall = { params: unknown; query: unknown; body: unknown; file: Buffer }

type Reply = { status: number; body: unknown }

/** An answer the document shows. */
export type AnswerSpec<S extends z.ZodType = z.ZodType> = {
  means: string
  schema: S
  example: unknown
}

/** How a refusal of a use case travels. Only the details named here leave the house. */
export type RefusalSpec = {
  status: number
  means: string
  details?: z.ZodRawShape
  /** The details' values in the document. */
  example?: object
}

type Answers = Record<number, AnswerSpec>
type AnswerOf<A extends Answers> = {
  [S in keyof A & number]: { status: S; body: z.input<A[S]['schema']> }
}[keyof A & number]

type Described = {
  method: 'get' | 'post'
  /** As express writes it: `/api/v1/imports/:id`. */
  path: string
  /** What the caller's key must allow. */
  activity: Activity
  summary: string
  description?: string
}
type Shape = z.ZodType<object>
type Refusal = Refused<string, object>
type CodeOf<R> = R extends { ok: false; code: infer C extends string } ? C : never
type Refusals<C extends string> = [C] extends [never]
  ? Record<string, never>
  : Record<C, RefusalSpec>

type Spec<A extends Answers, R, P extends Shape, Q extends Shape, B extends Shape> = Described & {
  params?: P
  query?: Q
  /** JSON, or `file` for raw bytes. */
  body?: B | 'file'
  answers: A
  /** One row for each code `run` can refuse with, no more and no less: else it does not compile. */
  refusals: Refusals<CodeOf<R>>
  run: (call: Call<z.output<P>, z.output<Q>, z.output<B>>) => Promise<R>
}

/** One operation of the API: the route and its part of the document are both made from it. */
export type Endpoint = Described & {
  params: z.ZodType
  query: z.ZodType
  body: z.ZodType | 'file' | null
  answers: Answers
  refusals: Record<string, RefusalSpec>
  handle: (town: Town, caller: Caller, raw: RawCall) => Promise<Reply>
}

const NOTHING = z.strictObject({})

/** Describes an operation. What comes in is parsed here, once; `run` gets domain values. */
export function endpoint<
  A extends Answers,
  R extends AnswerOf<A> | Refusal,
  P extends Shape = typeof NOTHING,
  Q extends Shape = typeof NOTHING,
  B extends Shape = typeof NOTHING,
>(spec: Spec<A, R, P, Q, B>): Endpoint {
  const { answers, run, ...described } = spec
  const refusals = spec.refusals as Record<string, RefusalSpec>
  const params = spec.params ?? NOTHING
  const query = spec.query ?? NOTHING
  const body = spec.body === 'file' ? null : (spec.body ?? null)
  return {
    ...described,
    params,
    query,
    body: spec.body ?? null,
    answers,
    refusals,
    async handle(town, caller, raw) {
      const parsed = {
        params: params.safeParse(raw.params),
        query: query.safeParse(raw.query),
        body: body ? body.safeParse(raw.body) : { data: undefined, error: undefined },
      }
      const issues = Object.entries(parsed).flatMap(([part, { error }]) => problems(part, error))
      if (issues.length > 0) return { status: 400, body: { code: 'invalid-request', issues } }
      const result = await run({
        town,
        caller,
        params: parsed.params.data as z.output<P>,
        query: parsed.query.data as z.output<Q>,
        body: parsed.body.data as z.output<B>,
        file: raw.file,
      })
      return 'status' in result ? result : refusalReply(result, refusals)
    },
  }
}

/** What `run` answers. */
export function reply<const S extends number, B>(status: S, body: B): { status: S; body: B } {
  return { status, body }
}

/** An answer with its meaning, schema and an example of it. */
export function answer<S extends z.ZodType>(
  means: string,
  schema: S,
  example: z.input<S>,
): AnswerSpec<S> {
  return { means, schema, example }
}

/** The body of a refusal: its code and the details that may be told. */
export function refusalSchema(code: string, { details = {} }: RefusalSpec) {
  return z.strictObject({ code: z.literal(code), ...details })
}

function refusalReply(refusal: Refusal, refusals: Record<string, RefusalSpec>): Reply {
  const spec = refusals[refusal.code]
  if (!spec) throw new Error(`no status for ${refusal.code}`)
  const { details = {}, status } = spec
  const told = Object.entries(refusal).filter(([name]) => name === 'code' || name in details)
  return { status, body: Object.fromEntries(told) }
}

/** What is wrong and where, never the value: it may be personal or a secret. */
function problems(part: string, error: z.ZodError | undefined) {
  return (error?.issues ?? []).flatMap((issue) => {
    const at = (path: readonly PropertyKey[]) => [part, ...path].map(String).join('.')
    if (issue.code !== 'unrecognized_keys')
      return [{ path: at(issue.path), problem: issue.message }]
    return issue.keys.map((key) => ({ path: at([...issue.path, key]), problem: 'Unknown name' }))
  })
}
