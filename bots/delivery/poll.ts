/** Runs the work every `everyMs` and when woken, never twice at once. The work must not throw. */
export function poll(work: () => Promise<void>, everyMs: number) {
  let running: Promise<void> | null = null
  let again = false
  let ended = false
  const wake = () => {
    if (ended) return
    if (running) again = true
    else running = run()
  }
  async function run(): Promise<void> {
    do {
      again = false
      await work()
    } while (again && !ended)
    running = null
  }
  const timer = setInterval(wake, everyMs)
  const stop = async () => {
    ended = true
    clearInterval(timer)
    await running
  }
  return { wake, stop }
}
