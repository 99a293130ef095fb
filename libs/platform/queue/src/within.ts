import { Expiry, portErrors } from '@kilomega/ports'

const expiry = new Expiry()

/** The same promise, or `DEPENDENCY_UNAVAILABLE` when it takes longer: BullMQ waits for a store that is away for ever. */
export function within<T>(timeoutMs: number, work: Promise<T>, dependency: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const settled = expiry.at(performance.now() + timeoutMs, () => reject(portErrors.DEPENDENCY_UNAVAILABLE({ dependency })))
    work.then(resolve, reject).finally(settled)
  })
}
