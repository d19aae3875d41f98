// What an application has already, in miniature: users, their sessions in a cookie, and which space is whose.
// A real one keeps `tickets` and `spaces` in its database.
import { randomUUID } from 'node:crypto';

const users = new Map([['anna', { password: 'correct horse', isBlocked: false }]]);
const sessions = new Map(); // cookie → name of the user
const tickets = new Map(); // ticket of a set-up link → name of the user it was made for
const spaces = new Map(); // space → name of the user that founded it

/** The value of the cookie of a new session, or null. */
export function signIn(name, password) {
  if (users.get(name)?.password !== password) return null;
  const session = randomUUID();
  sessions.set(session, name);
  return `session=${session}; HttpOnly; SameSite=Lax; Path=/`;
}

/** The name of the user whose session a request carries, or undefined. */
export function userOf(request) {
  return sessions.get(/(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]);
}

/** A set-up link for this user's first device. */
export async function linkFor(user, relay, url) {
  const { link, ticket } = await relay.newSetupLink(url);
  tickets.set(ticket, user);
  return link;
}

/** Ends the user's connections; `authorize` keeps them out. */
export function block(user, relay) {
  users.get(user).isBlocked = true;
  for (const [space, owner] of spaces) if (owner === user) relay.disconnect(space);
}

/** For `attachRelay`: whoever holds a link that was made for a user founds that user's space, and is let in while the user is. */
export async function authorize(request, { kind, space, ticket }) {
  if (kind === 'found' && tickets.has(ticket)) spaces.set(space, tickets.get(ticket));
  const user = users.get(spaces.get(space));
  return user !== undefined && !user.isBlocked;
}
