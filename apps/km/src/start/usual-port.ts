import { createServer } from 'node:net'

/** The port that was asked for; else the usual one of a server, or 0, any free one, where that is taken: by another checkout, most likely. */
export async function usualPort(given: number | undefined, usual: number): Promise<number> {
  return given ?? ((await isFree(usual)) ? usual : 0)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listens = await new Promise<boolean>((resolve) => server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)))
  if (listens) await new Promise((resolve) => server.close(resolve))
  return listens
}
