import { Actor, portErrors } from '@kilomega/ports'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { SigningKey, TrustedKey } from './nkey.js'
import { isInboxOf, keyId } from './subjects.js'

/** How long a context may be used, milliseconds. */
const lifetimeMs = 60_000
/** One is made anew when it has less than this left, so that it does not expire on its way, milliseconds. */
const freshForMs = 10_000
/** What clocks of two machines may differ, milliseconds. */
const leewayMs = 5_000
/** Contexts remembered on each side: 10,000 people at once, about 5 MB. Who came first goes first: they expire in that order. */
const remembered = 10_000

const tailLength = 40

const Claims = z.object({ iss: z.string(), aud: z.string(), expiresMs: z.number(), actor: Actor })
type Claims = z.infer<typeof Claims>

/**
 * Who the end user is, signed by the process that knows, for one port and for a minute. Over a wire nothing else is believed: not who sends, and
 * not what is said in passing. Signing takes 35 us and checking 102 us, so both sides remember contexts until they expire.
 */
export class SignedContexts {
  private readonly made = new LRUCache<string, { text: string; expiresMs: number }>({ max: remembered })
  private readonly checked = new LRUCache<string, { context: string; claims: Claims }>({ max: remembered })
  private readonly trusted: ReadonlyMap<string, TrustedKey>

  constructor(
    private readonly key: SigningKey,
    trustedKeys: readonly string[],
    private readonly nowMs: () => number = Date.now,
  ) {
    this.trusted = new Map([key.publicKey, ...trustedKeys].map((publicKey) => [keyId(publicKey), new TrustedKey(publicKey)]))
  }

  /** The context of an actor for calls of one port. */
  sign(actor: Actor, port: string): string {
    const name = nameOf(actor, port)
    const known = this.made.peek(name)
    if (known !== undefined && known.expiresMs - this.nowMs() > freshForMs) return known.text
    const expiresMs = this.nowMs() + lifetimeMs
    const claims: Claims = { iss: keyId(this.key.publicKey), aud: port, expiresMs, actor }
    const body = Buffer.from(JSON.stringify(claims)).toString('base64url')
    const text = `${body}.${this.key.sign(body).toString('base64url')}`
    this.made.set(name, { text, expiresMs })
    return text
  }

  /**
   * The actor of a context. `UNAUTHENTICATED` where it is absent, forged, for another port, too old, or of nobody whom we trust; `ForeignInbox` where the
   * reply, if there is one, would not come to who signed it.
   */
  actorOf(context: string | undefined, port: string, reply?: string): Actor {
    if (context === undefined) throw portErrors.UNAUTHENTICATED()
    const claims = this.claimsOf(context)
    const leftMs = claims.expiresMs - this.nowMs()
    if (claims.aud !== port || leftMs < -leewayMs || leftMs > lifetimeMs + leewayMs) throw portErrors.UNAUTHENTICATED()
    if (reply !== undefined && !isInboxOf(claims.iss, reply)) throw new ForeignInbox('a call whose reply would come to another than who signed it')
    return claims.actor
  }

  /** Looked up by the end of the signature: to find the whole of a new text of 400 characters costs 0.5 us more. */
  private claimsOf(context: string): Claims {
    const tail = context.slice(-tailLength)
    const known = this.checked.peek(tail)
    if (known?.context === context) return known.claims
    const claims = this.verified(context)
    this.checked.set(tail, { context, claims })
    return claims
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

/** Under which a context is remembered. Others may choose ids, so their length stands before them: else `a b` and `c` would be one with `a` and `b c`. */
const nameOf = (actor: Actor, port: string): string =>
  actor.kind === 'user' ? `${port} ${actor.role} ${actor.id.length} ${actor.id} ${actor.sessionId}` : `${port} ${actor.kind}`

function claimsIn(body: string): Claims | undefined {
  try {
    return Claims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString())).data
  } catch {
    return undefined
  }
}
