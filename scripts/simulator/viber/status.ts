/** Viber's status codes: every answer is HTTP 200 and carries one. Source: Viber REST Bot API. */
export const STATUS = {
  ok: 0,
  invalidUrl: 1,
  invalidAuthToken: 2,
  badData: 3,
  missingData: 4,
  receiverNotRegistered: 5,
  receiverNotSubscribed: 6,
  webhookNotSet: 10,
  tooManyRequests: 12,
} as const

export type StatusName = keyof typeof STATUS

/** The "no" of the Viber API; thrown, because it may come from any depth of a payload. */
export class ViberRefusal extends Error {
  readonly status: number

  constructor(name: StatusName, message: string) {
    super(message)
    this.status = STATUS[name]
  }
}

export function refuse(name: StatusName, message: string): never {
  throw new ViberRefusal(name, message)
}
