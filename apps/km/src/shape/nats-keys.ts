import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeServiceKey, SigningKey } from '@kilomega/messaging'
import { Failure } from '../failure.js'
import { shownPath } from '../start/paths.js'
import { type Application, applications } from './profile.js'

/** The key of an application on NATS. The seed stays in its file. */
export interface NatsKey {
  name: Application
  publicKey: string
  seedFile: string
}

/** The keys of all applications that a folder has, and new ones for those that have none. The folder and the seeds are for their owner only. */
export function keysIn(folder: string): NatsKey[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return applications.map((name) => readKey(folder, name) ?? makeKey(folder, name))
}

/** For a server that somebody else has set up with these keys: new ones would open nothing there. */
export function givenKeysIn(folder: string): NatsKey[] {
  return applications.map((name) => {
    const key = readKey(folder, name)
    if (key === undefined)
      throw new Failure(
        `NATS_URL names a server of yours, but there is no key of ${name} in ${shownPath(folder)}: run npx km nats-config and give that server what it prints`,
      )
    return key
  })
}

function readKey(folder: string, name: Application): NatsKey | undefined {
  const seedFile = seedFileOf(folder, name)
  try {
    return { name, publicKey: new SigningKey(readFileSync(seedFile, 'utf8').trim()).publicKey, seedFile }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Failure(`${seedFile} is no seed of a key (${(error as Error).message}): remove it, and a new one is made`)
  }
}

function makeKey(folder: string, name: Application): NatsKey {
  const { seed, publicKey } = makeServiceKey()
  const seedFile = seedFileOf(folder, name)
  writeFileSync(seedFile, `${seed.reveal()}\n`, { mode: 0o600, flag: 'wx' })
  return { name, publicKey, seedFile }
}

const seedFileOf = (folder: string, name: Application): string => join(folder, `${name}.seed`)
