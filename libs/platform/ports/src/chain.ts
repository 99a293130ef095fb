/** A link holds its neighbours itself, so adding it allocates nothing and removing it needs no search. It is in one chain at most. */
export interface Link<T> {
  /** Kept by the chain. */
  previous: T | undefined
  next: T | undefined
}

/**
 * A set of items that are added and removed often. A `Set` or a `Map` is good enough for few items. With many additions and removals, V8 keeps a chain
 * of the tables that it has outgrown, through which half of all former items stay alive until the next full collection.
 */
export class Chain<T extends Link<T>> {
  /** The item that was added last. */
  last: T | undefined

  add(one: T): void {
    one.previous = this.last
    if (this.last !== undefined) this.last.next = one
    this.last = one
  }

  /** Does nothing if the item is not in the chain, or no longer. */
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

  /** All items, from the last added to the first. The list is a copy: an item in it may since have been removed. */
  all(): T[] {
    const all: T[] = []
    for (let one = this.last; one !== undefined; one = one.previous) all.push(one)
    return all
  }
}
