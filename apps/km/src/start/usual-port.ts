import { createServer } from 'node:net'

/** The given port; else the usual port of a server, or 0 (any free port) if that is taken, most likely by another checkout. */
export async function usualPort(given: number | undefined, usual: number): Promise<number> {
  return given ?? ((await isFree(usual)) ? usual : 0)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listens = await new Promise<boolean>((resolve) => server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)))
  if (listens) await new Promise((resolve) => server.close(resolve))
  return listens
}
