import { Expiry, portErrors } from '@kilomega/ports'

const expiry = new Expiry()

/** The same promise, which rejects with `DEPENDENCY_UNAVAILABLE` if it takes longer: BullMQ itself would wait forever for a store that is down. */
export function within<T>(timeoutMs: number, work: Promise<T>, dependency: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const settled = expiry.at(performance.now() + timeoutMs, () => reject(portErrors.DEPENDENCY_UNAVAILABLE({ dependency })))
    work.then(resolve, reject).finally(settled)
  })
}
