"""What programs and providers say of MongoDB Atlas and Redis, and how they are reached."""
