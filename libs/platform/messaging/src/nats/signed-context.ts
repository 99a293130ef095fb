import { Actor, portErrors } from '@kilomega/ports'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { ClockWatch } from './clock-watch.js'
import { SigningKey, TrustedKey } from './nkey.js'
import { inboxesOf, keyId } from './subjects.js'

/** How long a context may be used, milliseconds. */
const lifetimeMs = 60_000
/** One is made anew when it has less than this left, so that it does not expire on its way, milliseconds. */
const freshForMs = 10_000
/** What clocks of two machines may differ, in both directions, milliseconds. */
const leewayMs = 60_000
/** Contexts remembered on each side: 10,000 people at once, about 5 MB. Who came first goes first: they expire in that order. */
const remembered = 10_000

const tailLength = 16

const Claims = z.object({ iss: z.string(), aud: z.string(), expiresMs: z.number(), actor: Actor })
type Claims = z.infer<typeof Claims>

interface Text {
  text: string
  expiresMs: number
  /** When it was made, on the monotonic clock. */
  madeMs: number
}

/** The contexts of one actor, by port. */
interface Made {
  actor: Actor
  texts: Map<string, Text>
}

/** What is said beside a context, and proves nothing. */
interface Beside {
  /** Where the reply is to go, if there is one. */
  reply?: string | undefined
  /** The time on the clock of who sent it; not a number where he does not say. */
  sentAtMs?: number
}

interface Checked {
  context: string
  claims: Claims
  /** Where replies to who signed it may go. */
  inbox: string
}

/**
 * Who the end user is, signed by the process that knows, for one port and for a minute. Over a wire nothing else is believed: not who sends, and
 * not what is said in passing. Signing takes 35 us and checking 102 us, so both sides remember contexts until they expire.
 */
export class SignedContexts {
  private readonly made = new LRUCache<string, Made>({ max: remembered })
  private readonly checked = new LRUCache<string, Checked>({ max: remembered })
  private readonly trusted: ReadonlyMap<string, TrustedKey>

  constructor(
    private readonly key: SigningKey,
    trustedKeys: readonly string[],
    readonly nowMs: () => number = Date.now,
    private readonly clocks?: Pick<ClockWatch, 'note'>,
  ) {
    this.trusted = new Map([key.publicKey, ...trustedKeys].map((publicKey) => [keyId(publicKey), new TrustedKey(publicKey)]))
  }

  /** The context of an actor for calls of one port. */
  sign(actor: Actor, port: string): string {
    const { texts } = this.madeFor(actor)
    const known = texts.get(port)
    if (known !== undefined && this.isFresh(known)) return known.text
    const expiresMs = this.nowMs() + lifetimeMs
    const claims: Claims = { iss: keyId(this.key.publicKey), aud: port, expiresMs, actor }
    const body = Buffer.from(JSON.stringify(claims)).toString('base64url')
    const text = `${body}.${this.key.sign(body).toString('base64url')}`
    texts.set(port, { text, expiresMs, madeMs: performance.now() })
    return text
  }

  /**
   * The actor of a context. `UNAUTHENTICATED` where it is absent, forged, for another port, too old, or of nobody whom we trust; `ForeignInbox` where the
   * reply, if there is one, would not come to who signed it.
   */
  actorOf(context: string | undefined, port: string, { reply, sentAtMs = NaN }: Beside = {}): Actor {
    if (context === undefined) throw portErrors.UNAUTHENTICATED()
    const { claims, inbox } = this.checkedOf(context)
    const hereMs = this.nowMs()
    if (sentAtMs > 0) this.clocks?.note(claims.iss, { thereMs: sentAtMs, hereMs })
    const leftMs = claims.expiresMs - hereMs
    if (claims.aud !== port || leftMs < -leewayMs || leftMs > lifetimeMs + leewayMs) throw portErrors.UNAUTHENTICATED()
    if (reply !== undefined && !reply.startsWith(inbox)) throw new ForeignInbox('a call whose reply would come to another than who signed it')
    return claims.actor
  }

  /** By both clocks: one that was put back would keep a context for as long, and others would not believe it any more. */
  private isFresh({ expiresMs, madeMs }: Text): boolean {
    const leftMs = expiresMs - this.nowMs()
    return leftMs > freshForMs && leftMs <= lifetimeMs && performance.now() - madeMs < lifetimeMs - freshForMs
  }

  /** By the session, whose text is made once for each token: to put a name together from all that an actor has would cost each call 0.3 us. */
  private madeFor(actor: Actor): Made {
    const name = actor.kind === 'user' ? actor.sessionId : actor.kind
    const known = this.made.peek(name)
    if (known !== undefined && isSame(known.actor, actor)) return known
    const made: Made = { actor, texts: new Map() }
    this.made.set(name, made)
    return made
  }

  /** Looked up by the end of the signature: to find the whole of a new text of 400 characters costs 0.5 us more. */
  private checkedOf(context: string): Checked {
    const tail = context.slice(-tailLength)
    const known = this.checked.peek(tail)
    if (known?.context === context) return known
    const claims = this.verified(context)
    const checked: Checked = { context, claims, inbox: inboxesOf(claims.iss) }
    this.checked.set(tail, checked)
    return checked
  }

  private verified(context: string): Claims {
    const [body = '', signature = '', ...more] = context.split('.')
    const claims = claimsIn(body)
    const key = claims && this.trusted.get(claims.iss)
    if (key === undefined || more.length > 0 || !key.signed(body, Buffer.from(signature, 'base64url'))) throw portErrors.UNAUTHENTICATED()
    return claims!
  }
}

/** Somebody would have others hear a reply: they get none. */
export class ForeignInbox extends Error {}

/** Others may choose ids, so a session that is called like another one, or like the system, proves nothing. */
function isSame(one: Actor, other: Actor): boolean {
  if (one.kind !== 'user' || other.kind !== 'user') return one.kind === other.kind
  return one.sessionId === other.sessionId && one.id === other.id && one.role === other.role
}

function claimsIn(body: string): Claims | undefined {
  try {
    return Claims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString())).data
  } catch {
    return undefined
  }
}
