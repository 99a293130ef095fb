import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import { Injectable } from '@nestjs/common'
import { PasswordStrength } from './password-strength.js'

/** The library's estimate for eight random characters: a factor of ten for each. */
const fewestGuesses = 1e8

/**
 * The longest text that is judged, and the number of ways to read it as leet (`p4$$w0rd`); both determine the time. With these values no text took more than
 * 7 ms of a core; with 64 characters it is 20 ms, and with the library's defaults, 256 and 100, more than 500 ms.
 */
const limits = { maxLength: 32, l33tMaxSubstitutions: 10 }

/** Estimates guesses by zxcvbn, with 49,000 leaked passwords and 7,776 words in memory. */
@Injectable()
export class ZxcvbnPasswordStrength extends PasswordStrength {
  private readonly zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, ...limits })

  isWeak(password: string, known: readonly string[]): boolean {
    return this.zxcvbn.check(password.normalize('NFC'), [...known]).guesses < fewestGuesses
  }
}
