import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { Secret } from '@kilomega/config'
import { createUser, fromPublic, fromSeed } from '@nats-io/nkeys'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** What stands in DER before the 32 bytes of an Ed25519 key: RFC 8410. */
const privateHead = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicHead = Buffer.from('302a300506032b6570032100', 'hex')

/** A new key for a service: its seed is the service's secret, its public half is for those who are to trust it. */
export function makeServiceKey(): { seed: Secret; publicKey: string } {
  const pair = createUser()
  return { seed: new Secret(Buffer.from(pair.getSeed()).toString()), publicKey: pair.getPublicKey() }
}

/**
 * A process's nkey as a key of Node's crypto, which signs in 35 us what the library's own JavaScript signs in 3 ms. Throws on what is not the seed
 * of a user.
 */
export class SigningKey {
  /** Begins with U: what others trust. */
  readonly publicKey: string
  private readonly key: KeyObject

  constructor(seed: string) {
    this.publicKey = fromSeed(Buffer.from(seed)).getPublicKey()
    this.key = createPrivateKey({ key: Buffer.concat([privateHead, rawBytes(seed, 2)]), format: 'der', type: 'pkcs8' })
  }

  sign(text: string): Buffer {
    return sign(null, Buffer.from(text), this.key)
  }
}

/** The public half, to check what a process has signed. Throws on what is not a public nkey. */
export class TrustedKey {
  private readonly key: KeyObject

  constructor(publicKey: string) {
    fromPublic(publicKey)
    this.key = createPublicKey({ key: Buffer.concat([publicHead, rawBytes(publicKey, 1)]), format: 'der', type: 'spki' })
  }

  signed(text: string, signature: Buffer): boolean {
    return verify(null, Buffer.from(text), this.key, signature)
  }
}

/** The 32 bytes of a key in base 32, behind the bytes that say what it is and before two of a checksum. */
function rawBytes(encoded: string, prefixBytes: number): Buffer {
  const bytes: number[] = []
  let [bits, count] = [0, 0]
  for (const character of encoded) {
    bits = ((bits << 5) | alphabet.indexOf(character)) & 0xfff
    count += 5
    if (count < 8) continue
    count -= 8
    bytes.push((bits >> count) & 0xff)
  }
  return Buffer.from(bytes.slice(prefixBytes, prefixBytes + 32))
}
