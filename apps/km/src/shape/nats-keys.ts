import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeServiceKey, SigningKey } from '@kilomega/messaging'
import { Failure } from '../failure.js'
import { shownPath } from '../start/paths.js'
import { type Application, applications } from './profile.js'

/** The NATS key of an application. The seed stays in its file. */
export interface NatsKey {
  name: Application
  publicKey: string
  seedFile: string
}

/** The keys of all applications in a folder; creates those that are missing. The folder and the seeds are readable by their owner only. */
export function keysIn(folder: string): NatsKey[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return applications.map((name) => readKey(folder, name) ?? makeKey(folder, name))
}

/** For a server that was set up elsewhere with these keys: it would not accept new ones. */
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
    throw new Failure(`${seedFile} is not a key seed (${(error as Error).message}): remove it, and a new one will be created`)
  }
}

function makeKey(folder: string, name: Application): NatsKey {
  const { seed, publicKey } = makeServiceKey()
  const seedFile = seedFileOf(folder, name)
  writeFileSync(seedFile, `${seed.reveal()}\n`, { mode: 0o600, flag: 'wx' })
  return { name, publicKey, seedFile }
}

const seedFileOf = (folder: string, name: Application): string => join(folder, `${name}.seed`)
