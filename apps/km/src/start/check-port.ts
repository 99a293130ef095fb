import { createServer } from 'node:net'
import { Failure } from '../failure.js'

/** Fails with a clear line where a port cannot be listened on. */
export async function checkPort(port: number, variable: string): Promise<void> {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new Failure(`Port ${port} is taken: stop the program that uses it, or choose another port, as in ${variable}=${port + 10} npm start`)
    if (code === 'EACCES') throw new Failure(`Port ${port} needs more rights than this user has: choose one above 1023 with ${variable}`)
    throw new Failure(`Port ${port} cannot be used: ${message}`)
  }
  await new Promise((resolve) => server.close(resolve))
}
