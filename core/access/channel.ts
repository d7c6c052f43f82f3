/** A messenger of residents. */
export type Channel = 'telegram' | 'viber'
