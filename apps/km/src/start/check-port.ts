import { createServer } from 'node:net'
import type { Environment } from '@kilomega/config'
import { Failure } from '../failure.js'

/** Fails with a clear line if a port cannot be listened on; `instead` returns the command that uses another port. */
export async function checkPort(port: number, instead: (port: number) => string): Promise<void> {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new Failure(`Port ${port} is taken: stop the program that uses it, or choose another port, as in ${instead(port)}`)
    if (code === 'EACCES') throw new Failure(`Port ${port} needs more rights than this user has: choose one above 1023, as in ${instead(8_000)}`)
    throw new Failure(`Port ${port} cannot be used: ${message}`)
  }
  await new Promise((resolve) => server.close(resolve))
}

/** A port that a variable sets. */
export function portIn(environment: Environment, variable: string, fallback: number): number {
  const port = Number(environment[variable] || fallback)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Failure(`${variable}: ${environment[variable]} is not a port; use 1 to 65535`)
  return port
}
