/** Hashes passwords slowly, with a salt. All characters count; the same characters typed on different systems (NFC, NFD) are the same password. */
export abstract class PasswordHash {
  /** Text that says algorithm, cost, salt and hash. */
  abstract hash(password: string): Promise<string>

  /** Whether a hash was made of this password. Without a hash it is false, and takes as long as with one: nobody learns which accounts exist. */
  abstract verify(hash: string | null, password: string): Promise<boolean>
}
