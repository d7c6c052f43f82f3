/** A messenger's call as it came: the raw bytes, because signatures are over them. */
type WebhookRequest = {
  header: (name: string) => string | undefined
  body: Buffer
}

/** What to answer; without a body the answer is empty. */
type WebhookAnswer = { status: number; body?: object }

/** Checks who calls, stores what was sent, answers. */
export type Webhook = (request: WebhookRequest) => Promise<WebhookAnswer>
