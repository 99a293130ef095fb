/** A link holds its neighbours itself: to take it in makes nothing, and to take it out finds it at once. It is in one chain at most. */
export interface Link<T> {
  /** Kept by the chain. */
  previous: T | undefined
  next: T | undefined
}

/**
 * All who are there at the moment, where many come and go. A `Set` or a `Map` does for few; where it is full of coming and going, V8 leaves a chain
 * of the tables that it has outgrown, through which half of all that went through it lives until the next full collection.
 */
export class Chain<T extends Link<T>> {
  /** Who came last. */
  last: T | undefined

  add(one: T): void {
    one.previous = this.last
    if (this.last !== undefined) this.last.next = one
    this.last = one
  }

  /** Whoever is not in the chain, or not any more, may be taken out again. */
  remove(one: T): void {
    const { previous, next } = one
    if (next !== undefined) next.previous = previous
    else if (this.last === one) this.last = previous
    if (previous !== undefined) previous.next = next
    one.previous = one.next = undefined
  }

  has(one: T): boolean {
    return one.previous !== undefined || one.next !== undefined || this.last === one
  }

  /** From who came last to who came first; who goes meanwhile may have been seen. */
  all(): T[] {
    const all: T[] = []
    for (let one = this.last; one !== undefined; one = one.previous) all.push(one)
    return all
  }
}
