export type Bucket = {
  /** Takes one; returns 0 when there was one, else the milliseconds until there will be. */
  take: () => number
}

/**
 * A token bucket: `burst` at once, `perSecond` on average.
 * `nowMs` is the clock in milliseconds.
 */
export function createBucket(nowMs: () => number, burst: number, perSecond: number): Bucket {
  let level = burst
  let filledAt = nowMs()
  return {
    take: () => {
      const now = nowMs()
      level = Math.min(burst, level + ((now - filledAt) / 1000) * perSecond)
      filledAt = now
      if (level >= 1) {
        level -= 1
        return 0
      }
      return Math.ceil(((1 - level) / perSecond) * 1000)
    },
  }
}
