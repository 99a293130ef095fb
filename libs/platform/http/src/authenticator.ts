import type { Actor } from '@kilomega/ports'

/** Finds the actor of a bearer token. An application with users provides one. It is called for every request with a token, so it should cache. */
export abstract class Authenticator {
  /** Rejects with an error of kind `unauthenticated` if the token is not, or no longer, valid. */
  abstract authenticate(token: string): Promise<Actor>

  /** The same without waiting, for applications that can answer some tokens at once; undefined if `authenticate` is needed. Never throws. */
  recognise(_token: string): Actor | undefined {
    return undefined
  }
}
