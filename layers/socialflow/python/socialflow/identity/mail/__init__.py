"""Letters by e-mail: what they say, who asks for one, and how it is sent."""
