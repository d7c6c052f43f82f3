// What JSON.stringify leaves escaped: NUL and halves of characters. An escaped backslash before
// `u0000` also matches and costs one more pass, nothing else.
const SUSPECT = /\\u(?:0000|d[89a-f])/

/**
 * The payload as a jsonb column takes it: PostgreSQL refuses NUL and unpaired surrogates, and a
 * messenger would send such an update again for ever.
 */
export function storableJson(payload: object): string {
  const json = JSON.stringify(payload)
  return SUSPECT.test(json) ? JSON.stringify(JSON.parse(json, tidy)) : json
}

function tidy(_name: string, value: unknown): unknown {
  return typeof value === 'string'
    ? value.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd')
    : value
}
