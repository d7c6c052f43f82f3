const TOKEN = /("message_token"\s*:\s*)(\d+)/g

/**
 * Parses Viber's JSON with `message_token` as text: it has 64 bits and JSON.parse rounds it. Inside
 * a string the quotes are escaped, so what a person wrote is never taken for it.
 */
export function parseExact(text: string): unknown {
  return JSON.parse(text.replace(TOKEN, '$1"$2"'))
}
