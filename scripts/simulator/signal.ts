export type Signal = {
  /** Something changed: everybody who waits looks again. */
  fire: () => void
  /**
   * What `look` returns as soon as it is not undefined.
   * Rejects with the words of `complaint` after `timeoutMs`.
   */
  until: <T>(look: () => T | undefined, timeoutMs: number, complaint: () => string) => Promise<T>
}

/** Lets tests wait for a fact without polling. */
export function createSignal(): Signal {
  const waiting = new Set<() => void>()
  return {
    fire: () => {
      for (const wake of waiting) wake()
    },
    until: (look, timeoutMs, complaint) => {
      const seen = look()
      if (seen !== undefined) return Promise.resolve(seen)
      return new Promise((resolve, reject) => {
        const stop = () => {
          clearTimeout(timer)
          waiting.delete(wake)
        }
        const wake = () => {
          const found = look()
          if (found === undefined) return
          stop()
          resolve(found)
        }
        const timer = setTimeout(() => {
          stop()
          reject(new Error(complaint()))
        }, timeoutMs)
        waiting.add(wake)
      })
    },
  }
}
