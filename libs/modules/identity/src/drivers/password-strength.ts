/** Says how hard passwords are to guess. */
export abstract class PasswordStrength {
  /**
   * Whether a password is among the first that somebody tries who knows lists of leaked ones, how people change them, repeats, sequences, keyboards and
   * dates, and who tries `known` first: the words of whoever has it. Eight characters at random are not. Takes little time for text of any length, and
   * judges a long one by its beginning.
   */
  abstract isWeak(password: string, known: readonly string[]): boolean
}
