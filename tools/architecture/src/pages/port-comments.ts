import { filesBelow, readText } from '../repository.js'

/** The comments above the ports' classes, by the name of the port. */
export function portComments(): Map<string, string> {
  const texts = filesBelow('libs/contracts/src').map((path) => readText(`libs/contracts/src/${path}`))
  const pattern = /\/\*\*((?:(?!\*\/)[\s\S])*?)\*\/\s*export abstract class \w+ extends port\('([a-z-]+)'/g
  return new Map(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, comment, name]) => [name ?? '', sentence(comment ?? '')] as const)))
}

const sentence = (comment: string): string => comment.replace(/\n\s*\* ?/g, ' ').trim()
