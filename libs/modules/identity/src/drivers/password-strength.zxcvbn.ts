import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import { Injectable } from '@nestjs/common'
import { PasswordStrength } from './password-strength.js'

/** What the library counts for eight characters at random: ten for each. */
const fewestGuesses = 1e8

/**
 * The longest text that is judged and the ways of reading it as leet, `p4$$w0rd`: the time goes with both. With these no text took more than 7 ms of a
 * core; with 64 characters it is 20, with the library's own 256 and 100 it is more than 500.
 */
const limits = { maxLength: 32, l33tMaxSubstitutions: 10 }

/** Estimates by zxcvbn, with 49,000 leaked passwords and 7,776 words in memory. */
@Injectable()
export class ZxcvbnPasswordStrength extends PasswordStrength {
  private readonly zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, ...limits })

  isWeak(password: string, known: readonly string[]): boolean {
    return this.zxcvbn.check(password.normalize('NFC'), [...known]).guesses < fewestGuesses
  }
}
