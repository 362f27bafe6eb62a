"""What is in the picture: shots, faces, landmarks, pose, mouth shape."""
