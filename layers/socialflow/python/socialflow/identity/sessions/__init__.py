"""What a device holds between sign-in and sign-out."""
