import type { Actor } from '@kilomega/ports'

/** Tells who a bearer token speaks for. An application that has users provides it; it is asked for every request with a token, so it remembers. */
export abstract class Authenticator {
  /** Rejects with an error of kind `unauthenticated` where the token is not (or no longer) good. */
  abstract authenticate(token: string): Promise<Actor>

  /** The same where it is certain at once, for an application that can; nothing where `authenticate` has to be asked. Never throws. */
  recognise(_token: string): Actor | undefined {
    return undefined
  }
}
