import type { Worker } from 'bullmq'
import type { QueueBackend } from './backend/queue-backend.js'

/**
 * Takes no new jobs, and resolves when the running ones have ended. BullMQ sends commands to the store meanwhile. If the store is down, that would take as long as this
 * process has to stop, so the close is forced.
 */
export async function closeWorker(worker: Worker, backend: QueueBackend): Promise<void> {
  const isDown = await backend.epoch().then(
    () => false,
    () => true,
  )
  if (!isDown) await backend.workersReconnected()
  await worker.close(isDown).catch(() => undefined)
}
