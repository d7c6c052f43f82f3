/** A messenger of residents. */
export const CHANNELS = ['telegram', 'viber'] as const
export type Channel = (typeof CHANNELS)[number]
