import { Controller } from '@nestjs/common'

const descriptions = new Map<string, string>()

/** What the routes of a controller are called together: the name of its class without `Controller`. */
export const tagOf = (controller: { name: string }): string => controller.name.replace(/Controller$/, '').toLowerCase()

/** Declares a controller, and in a few words what its routes are for. */
export function Routes(description: string): ClassDecorator {
  return (controller) => {
    descriptions.set(tagOf(controller), description)
    Controller()(controller)
  }
}

/** The words for a tag. A controller without `@Routes` is a programmer's error, found when the documentation is made. */
export function descriptionOf(tag: string): string {
  const description = descriptions.get(tag)
  if (description === undefined) throw new Error(`the controller of ${tag} is not declared with @Routes(…)`)
  return description
}
