import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** Asks without showing what is typed; a program passes the password as the first line of standard input. */
export async function askPassword(): Promise<string> {
  if (!process.stdin.isTTY) return firstLine(await text(process.stdin))
  process.stderr.write('Password: ')
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true })
  try {
    return await lines.question('')
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}

/** Editors may add CR LF at the end and a byte order mark at the start; spaces are part of the password. */
export const firstLine = (input: string): string => input.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0]!
