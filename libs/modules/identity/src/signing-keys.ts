import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'

/** A new Ed25519 private key, PKCS8 in PEM. */
export const newSigningKey = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

/** Reads PEM. `\n` may be written for line breaks, for environments that cannot contain them. */
export function privateKey(pem: string): KeyObject {
  const key = createPrivateKey(pem.replaceAll('\\n', '\n'))
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key')
  return key
}

/** Reads any number of public keys, one after the other. A private key among them is refused, because this setting is not a secret. */
export function publicKeys(pems: string): KeyObject[] {
  const blocks = pems.replaceAll('\\n', '\n').split(/(?<=-----END [A-Z ]+-----)/)
  return blocks.filter((block) => block.trim() !== '').map(publicKey)
}

export function isPublicKeys(pems: string): boolean {
  try {
    publicKeys(pems)
    return true
  } catch {
    return false
  }
}

function publicKey(pem: string): KeyObject {
  const key = createPublicKey(pem)
  if (key.asymmetricKeyType !== 'ed25519' || pem.includes('PRIVATE KEY')) throw new Error('not an Ed25519 public key')
  return key
}
