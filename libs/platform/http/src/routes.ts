import { Controller } from '@nestjs/common'

const descriptions = new Map<string, string>()

/** The tag for the routes of a controller: the name of its class without `Controller`. */
export const tagOf = (controller: { name: string }): string => controller.name.replace(/Controller$/, '').toLowerCase()

/** Declares a controller, with a short description of its routes. */
export function Routes(description: string): ClassDecorator {
  return (controller) => {
    descriptions.set(tagOf(controller), description)
    Controller()(controller)
  }
}

/** The description of a tag. A controller without `@Routes` is a programming error, found when the documentation is generated. */
export function descriptionOf(tag: string): string {
  const description = descriptions.get(tag)
  if (description === undefined) throw new Error(`the controller of ${tag} is not declared with @Routes(…)`)
  return description
}
