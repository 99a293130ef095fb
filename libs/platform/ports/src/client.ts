import { randomUUID } from 'node:crypto'
import { AppError } from './app-error.js'
import { currentCall } from './current-call.js'
import type { Envelope, Reply, Transport } from './envelope.js'
import { portErrors } from './errors.js'
import { Expiry } from './expiry.js'
import { schemaInText } from './json-text.js'
import type { Operation } from './operation.js'
import type { AnyPort } from './port.js'

export interface ClientOptions {
  /** Checks answers against their schema, and parses ready-made JSON to check what is in it. For development, tests and every wire. */
  checkAnswers?: boolean
}

type Method = (input: unknown) => Promise<unknown>

const expiry = new Expiry()

/** The client half of a port: an object with the port's methods, each of which sends an envelope and waits until its deadline, not longer. */
export function portClient<P extends AnyPort>(port: P, transport: Transport, options: ClientOptions = {}): InstanceType<P> {
  const methods: Record<string, Method> = {}
  for (const [name, operation] of Object.entries(port.operations)) methods[name] = method(port.portName, name, operation, { transport, ...options })
  return Object.freeze(methods) as InstanceType<P>
}

function method(port: string, name: string, operation: Operation, { transport, checkAnswers }: ClientOptions & { transport: Transport }): Method {
  return async (input) => {
    const caller = currentCall()
    const timeLeftMs = Math.min(operation.timeoutMs, caller.timeLeftMs())
    if (timeLeftMs <= 0) throw portErrors.DEADLINE_EXCEEDED({ port, operation: name })
    const envelope: Envelope = { port, operation: name, input, timeLeftMs, actor: caller.actor, trace: caller.trace }
    if (operation.kind === 'command') envelope.key = caller.key === undefined ? randomUUID() : `${caller.key}/${port}.${name}`
    const value = valueOf(await replyInTime(transport, envelope))
    return checkAnswers ? checked(operation, value, `${port}.${name}`) : value
  }
}

/** The deadline holds in process too: a caller gets its time back even where the code behind the port does not listen to the signal. */
function replyInTime(transport: Transport, envelope: Envelope): Promise<Reply> {
  const cancelling = new AbortController()
  return new Promise((resolve, reject) => {
    const settled = expiry.at(performance.now() + envelope.timeLeftMs, () => {
      reject(portErrors.DEADLINE_EXCEEDED({ port: envelope.port, operation: envelope.operation }))
      cancelling.abort()
    })
    transport(envelope, cancelling.signal).then(resolve, reject).finally(settled)
  })
}

function valueOf(reply: Reply): unknown {
  if ('error' in reply) throw AppError.from(reply.error)
  return 'json' in reply ? reply.json : reply.value
}

function checked(operation: Operation, value: unknown, name: string): unknown {
  if (operation.output === undefined) return undefined
  const inText = schemaInText(operation.output)
  const result = inText === undefined ? operation.output.safeParse(value) : inText.safeParse(JSON.parse(value as string))
  if (!result.success) throw portErrors.INTERNAL({ port: name }, new Error(`${name} answered what it does not declare: ${result.error.message}`))
  return inText === undefined ? result.data : value
}
