// Everybody and everything of this town is invented.

/** Codes of its organisations: the one that charges, and those it charges for. */
export const UTILITY = '799900010'
export const HEAT = '799900011'
export const WATER = '799900012'
