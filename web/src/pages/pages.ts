/** Which component shows which route. What most visits do not need is loaded when it is. */
import type { Component } from 'svelte';
import type { Route } from '../router/routes';
import Home from './Home.svelte';
import NotFound from './NotFound.svelte';

type Module = { default: Component };

const loaders: Record<Route['name'], () => Component | Promise<Module>> = {
  home: () => Home,
  login: () => import('./LogIn.svelte'),
  register: () => import('./Register.svelte'),
  reset: () => import('./Reset.svelte'),
  'signed-in': () => import('./SignedIn.svelte'),
  settings: () => import('./settings/Settings.svelte'),
  users: () => import('./admin/Users.svelte'),
  user: () => import('./admin/User.svelte'),
  audit: () => import('./admin/Audit.svelte'),
  studio: () => import('./Studio.svelte'),
  edit: () => import('./EditVideo.svelte'),
  watch: () => import('./Watch.svelte'),
  channel: () => import('./Channel.svelte'),
  directory: () => import('./LiveDirectory.svelte'),
  live: () => import('./LiveChannel.svelte'),
  broadcast: () => import('./LiveChannel.svelte'),
  'go-live': () => import('./GoLive.svelte'),
  analytics: () => import('./Analytics.svelte'),
  'not-found': () => NotFound,
};

export async function pageFor(route: Route): Promise<Component> {
  const page = await loaders[route.name]();
  return 'default' in page ? page.default : page;
}
