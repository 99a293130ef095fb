import { connect } from 'node:net'

/** Speaks the Redis protocol by hand, so that this library needs no client. */
export class RedisLineClient {
  /** Sends one command on a new connection and returns the first chunk of the answer. */
  static ask(port: number, command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1').setEncoding('utf8').setTimeout(5_000)
      socket.on('error', reject)
      socket.on('timeout', () => socket.destroy(new Error(`no answer to ${command}`)))
      socket.on('connect', () => socket.write(`${command}\r\n`))
      socket.on('data', (text: string) => {
        socket.destroy()
        resolve(text)
      })
    })
  }
}
