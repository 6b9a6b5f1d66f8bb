/** Which component shows which route. What most visits do not need is loaded when it is. */
import type { Component } from 'svelte';
import type { Route } from '../router/routes';
import Home from './Home.svelte';
import LogIn from './LogIn.svelte';
import NotFound from './NotFound.svelte';
import Register from './Register.svelte';

type Module = { default: Component };

const loaders: Record<Route['name'], () => Component | Promise<Module>> = {
  home: () => Home,
  login: () => LogIn,
  register: () => Register,
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
