import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { Secret } from '@kilomega/config'

/** Finds the addresses of a name; rejects if there are none. */
export type Lookup = (name: string) => Promise<{ address: string; family: number }[]>

const ofSystem: Lookup = (name) => lookup(name, { all: true })

/**
 * The connection strings of the replicas. A name with several addresses, as a headless service of Kubernetes has one, stands for a server at each. A name with one
 * address stays a name, so that the server may move.
 */
export async function replicaUrls(replicas: Secret | undefined, addressesOf: Lookup = ofSystem): Promise<Secret[]> {
  const texts = replicas?.reveal().split(/[\s,]+/) ?? []
  const found = await Promise.all(texts.filter((text) => text !== '').map((text) => urlsBehind(text, addressesOf)))
  return found.flat().map((text) => new Secret(text))
}

async function urlsBehind(text: string, addressesOf: Lookup): Promise<string[]> {
  const url = new URL(text)
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return [text]
  const addresses = await addressesOf(url.hostname).catch(() => [])
  // A server that listens on IPv4 and IPv6 has two addresses, and is one.
  const inOneFamily = addresses.filter(({ family }) => family === addresses[0]!.family)
  if (inOneFamily.length < 2) return [text]
  return inOneFamily.map(({ address, family }) => at(url, family === 6 ? `[${address}]` : address)).sort()
}

function at(url: URL, host: string): string {
  const place = new URL(url)
  place.hostname = host
  return place.href
}
