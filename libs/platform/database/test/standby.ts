import { EmbeddedPostgres } from '../src/embedded/embedded-postgres.js'
import { newFolder } from './server.js'

export interface Pair {
  /** Tests stop and start both. */
  primary: EmbeddedPostgres
  standby: EmbeddedPostgres
  readonly folder: string
  readonly standbyFolder: string
  /** Stops both servers and deletes their folders. */
  close(): Promise<void>
}

/** A primary and a standby that follows it. */
export async function startPair(): Promise<Pair> {
  const [folder, standbyFolder] = [newFolder(), newFolder()]
  const primary = await EmbeddedPostgres.start({ folder, port: 0 })
  const standby = await primary.startReplica({ folder: standbyFolder, port: 0 })
  const close = async (): Promise<void> => {
    await EmbeddedPostgres.remove(standbyFolder)
    await EmbeddedPostgres.remove(folder)
  }
  return { primary, standby, folder, standbyFolder, close }
}
